"""Load for the course booking API, with Locust 2.12 or newer.

    locust -f docker/locust/locustfile.py --class-picker -H http://localhost:8080
    locust -f docker/locust/locustfile.py --headless -u 5 -r 5 -t 60s -H http://localhost:8080 GeneralUser

An answer that the API promises for what was asked is a success, also if it is a 404 or a 409: a course that does not
exist, a seat that somebody else has got. Any other answer is a failure, and makes headless Locust exit with code 1.
The scenarios of `npm run load` are the same.
"""

import random
import uuid

from gevent.lock import Semaphore
from locust import HttpUser, between, task

PAGE_SIZE = 20


class CourseUser(HttpUser):
    """What both kinds of users can do. Locust starts none of it itself."""

    abstract = True

    def on_start(self):
        self.user_id = f"locust-{uuid.uuid4()}"

    def ask(self, method, path, expected, name, **options):
        """Sends a request. Gives the body of a 2xx, and None for every other answer."""
        with self.client.request(method, path, name=name, catch_response=True, **options) as response:
            if response.status_code not in expected:
                answer = response.text or response.error
                response.failure(f"expected {' or '.join(map(str, expected))}, got {response.status_code}: {answer}")
                return None
            response.success()
            return response.json() if response.status_code < 300 else None

    def courses(self):
        path = f"/v1/courses?page_size={PAGE_SIZE}&include=batches"
        page = self.ask("GET", path, [200], "/v1/courses")
        return page["courses"] if page else []

    def book(self, course_id, batch_id=None):
        """409: the course is sold out, or its batches have begun."""
        wanted = {"course_id": course_id, "user_id": self.user_id}
        if batch_id is not None:
            wanted["batch_id"] = batch_id
        return self.ask("POST", "/v1/bookings", [201, 409], "/v1/bookings", json=wanted)

    def reserve(self, booking):
        """409: somebody else was quicker."""
        return self.change(booking, "reserve")

    def complete(self, booking):
        return self.change(booking, "complete")

    def expire(self, booking):
        """409: it has expired already."""
        return self.change(booking, "expire")

    def change(self, booking, action):
        path = f"/v1/bookings/{booking['booking_id']}:{action}"
        return self.ask("POST", path, [200, 409], f"/v1/bookings/[id]:{action}")


class GeneralUser(CourseUser):
    """Somebody who looks around, books now and then, and sometimes types nonsense. 1 to 5 are plenty to look at."""

    wait_time = between(0.5, 2)

    @task(6)
    def browse(self):
        courses = self.courses()
        if courses:
            course_id = random.choice(courses)["course_id"]
            self.ask("GET", f"/v1/courses/{course_id}", [200], "/v1/courses/[id]")

    @task(3)
    def buy(self):
        courses = self.courses()
        if not courses:
            return
        booking = self.book(random.choice(courses)["course_id"])
        if booking is None or self.reserve(booking) is None:
            return
        self.ask("GET", f"/v1/bookings/{booking['booking_id']}", [200], "/v1/bookings/[id]")
        mind = random.random()
        if mind < 0.5:
            self.complete(booking)
        elif mind < 0.8:
            self.expire(booking)
            if mind < 0.65:
                self.expire(booking)  # an impatient second click

    @task(1)
    def ask_for_a_course_that_does_not_exist(self):
        self.ask("GET", f"/v1/courses/{uuid.uuid4()}", [404], "/v1/courses/[unknown id]")

    @task(1)
    def ask_with_a_malformed_id(self):
        self.ask("GET", "/v1/courses/not-an-id", [400], "/v1/courses/[malformed id]")


class CompetingUser(CourseUser):
    """One of many who want the last seats of one course. Who gets a seat gives it back, so that it goes on. Use 10 or more."""

    wait_time = between(0.05, 0.3)
    choosing = Semaphore()
    prize = None

    def on_start(self):
        super().on_start()
        # The first one chooses, for all of this process.
        with CompetingUser.choosing:
            if CompetingUser.prize is None:
                CompetingUser.prize = self.scarcest()

    def scarcest(self):
        """The course and batch with the fewest free seats, but not none."""
        batches = [(batch, course) for course in self.courses() for batch in course["batches"]]
        free = [(batch, course) for batch, course in batches if batch["available_seats"] > 0]
        if not free:
            return None
        batch, course = min(free, key=lambda pair: (pair[0]["available_seats"], pair[0]["batch_id"]))
        return course["course_id"], batch["batch_id"]

    @task
    def compete(self):
        if CompetingUser.prize is None:
            return  # every course was sold out at the start
        booking = self.book(*CompetingUser.prize)
        if booking is not None and self.reserve(booking) is not None:
            self.expire(booking)
